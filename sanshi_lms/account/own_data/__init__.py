"""One's own data (我的数据): a copy of it, and leaving (注销账号).

For: what core/personal says of all rooms, done. Not for: deciding what is kept, which each room
does in its `personal.py`. Personal information protection law, articles 45 and 47; GB/T 35273-2020
8.5 and 8.6.
"""
