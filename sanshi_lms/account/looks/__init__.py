"""Who looked at somebody's phone or whole account name (查看记录), and how these stand masked.

For: an account name is mostly a phone number; whoever works with lists sees it masked, and each
look at the whole of it, like each look at the phone of a need, is a row here. The person sees who
looked at theirs (我的数据); whoever may see the trail sees all. Not for: who may look, which each
room decides. Personal information protection law (个人信息保护法) article 51.
"""
