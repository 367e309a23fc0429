"""Knowledge: pages in, passages indexed, the right ones found again."""
