"""Units (单位): the tree that people belong to, their posts, who answers for whom."""
