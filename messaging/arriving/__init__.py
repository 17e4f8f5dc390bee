"""Letters by mail, coming in: kept as they came, received, screened, read again."""
