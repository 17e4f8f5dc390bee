"""Where the archive meets the house: which one it is, and that nothing is kept for it when none is wanted any more."""

import logging

from messaging.faults import located
from threads.postgres.archive import ArchiveTrouble
from threads.postgres.archiving import Archiving
from threads.postgres.cluster import Cluster
from threads.postgres.files import Home
from threads.postgres.receiving import let_go
from web.database_settings import DatabaseSettings

log = logging.getLogger(__name__)


async def archive_of(
    settings: DatabaseSettings, cluster: Cluster | None, *, beside: bool
) -> Archiving | None:
    """The archive that is named, for who serves and who looks on. `cluster`: unless another process runs the database.

    Raises NotThisArchive.
    """
    if settings.url is not None:
        return None
    home, serves = Home(settings.data_dir), cluster is not None and not beside
    if settings.archive_dir is None:
        if serves:
            await _let_go(home)
        return None
    archive = Archiving(
        home,
        settings.postgres_bin,
        settings.archive_dir,
        settings.archive_days,
        served=serves or cluster is None,
    )
    if cluster is not None and serves:
        await archive.must_be_ours()
        cluster.outlived_by(archive.end)
    return archive


async def _let_go(home: Home) -> None:
    try:
        await let_go(home.accesses().archive)
    except ArchiveTrouble as fault:  # what is kept is bounded, and the next start tries again
        log.warning("what was kept for an archive is still kept", extra=located(fault))
