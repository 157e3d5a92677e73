"""Sign-ins (登录过的设备): each a row that its person sees and can end, and that ends by itself.

For: whether a cookie still opens the door. Not for: how somebody proves who they are (proof,
second_step). GB/T 22239-2019 8.1.4.1 b) asks for an end of unused sessions; ASVS 4.0.3 3.3.2 to
3.3.4 for a longest time, the list, and its button.
"""
