"""Training of the finder: needs torch and more, none of which the product needs."""
