"""Signing in with an account of elsewhere (外部账号): the district's own by OpenID Connect, WeChat.

For: who somebody is says another house; here it is only tied to a person of ours. Not for: what
they may do, and no way around the second step. Whose account it is says (issuer, subject) alone,
never a name or a mail address, which others can give themselves elsewhere.
"""
