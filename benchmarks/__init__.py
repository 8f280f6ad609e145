"""Measurements that anyone can rerun; each says in its docstring how."""
