"""What a letter is made of: read of any shape, in linear time, without raising."""
