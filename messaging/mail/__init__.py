"""Letters by mail: kept as they came, received, screened, and delivered."""
