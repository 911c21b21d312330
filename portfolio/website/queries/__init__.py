"""What the public pages ask the database; everything through `public(at)`."""
