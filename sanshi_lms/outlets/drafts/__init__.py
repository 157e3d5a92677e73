"""Drafts at an official account: pictures, cover and article go up by the platform's own API.

For: units that gave the credentials of their account. Not for: publishing; that stays with a
person in the back office of the account, who looks at the draft first.
"""
