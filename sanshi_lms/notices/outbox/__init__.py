"""The outbox: the way of notices to mail, WeChat and SMS, each delivery a row of its own.

The site itself is always there: a notice is on its page the moment its transaction commits.
"""
