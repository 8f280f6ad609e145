"""Where one shot gives way to the next, and how."""
