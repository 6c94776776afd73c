"""What a source says of the organisation and its staff, and what that changes. Values in, values out."""
