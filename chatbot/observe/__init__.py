"""What the service tells about itself: logs without text, metrics without ids."""
