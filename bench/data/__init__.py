"""Labelled messages of the benchmark's own, and the script that wrote them."""
