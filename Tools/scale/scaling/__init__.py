"""Replicas behind a balancer, on loopback ports."""
