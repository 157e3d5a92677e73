"""For how long certificates are valid: months by what they are for, such as "course:3"."""
