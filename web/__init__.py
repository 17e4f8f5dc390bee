"""Web shows: what does a person see and press? The only floor that speaks HTTP; `house` joins all parts."""
