"""What officers do, and what time brings: reviews of decisions, ends of holds, records whose time is over."""
