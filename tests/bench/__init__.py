"""Measurements that have goals; run them with `make bench`. No test depends on a time."""
