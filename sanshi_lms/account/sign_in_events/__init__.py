"""The record of signing in (登录记录): who came in or failed to, when, how, with what, from where.

For: the person who looks whether somebody else was there, and whoever may see the audit trail. Not
for: deciding whether somebody comes in. It is a table of its own and not the audit trail, because
strangers write here: the trail is a chain in which each entry costs a digest for ever, and nothing
may be bundled or deleted there. Here failures of one network at one account within an hour are one
row that counts, all unknown account names of a network are one row, and old rows go.

Cybersecurity law (网络安全法) article 21: logs are kept for six months at least.
"""
