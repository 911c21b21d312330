"""What staff and other systems do with money: one function a step, each in one transaction."""
