"""Records handed out in the background: where each export stands, and its file in sealed chunks, until its time is over."""
