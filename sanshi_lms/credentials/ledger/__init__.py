"""The credit-hour ledger (学时): lines that are only added, and the regional rules that made them.

A line keeps what happened (its evidence) beside what a version of a rule made of it, so that
`verifying` can work out every line again. Balances are sums of lines and are stored nowhere.
"""
