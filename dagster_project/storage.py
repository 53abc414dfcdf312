"""Dagster's storage in Postgres, on connections that stay open.

Belongs here: the pool. Dagster's own storage opens a connection for each query, which
costs a process of Postgres each time: about ten a second while nothing happens.
`launch/dagster.yaml` names the class.
"""

from typing import Self

import sqlalchemy
from dagster._core.storage.config import PostgresStorageConfig
from dagster._serdes import ConfigurableClassData
from dagster_postgres.storage import DagsterPostgresStorage
from dagster_postgres.utils import pg_url_from_config

# At most so many connections of a process stay open. Threads that need more at the same
# time open them, and they end with their query.
KEPT_CONNECTIONS = 3
MOST_CONNECTIONS = 20


class PooledPostgresStorage(DagsterPostgresStorage):
    """The storage of runs, events and schedules, which share one pool.

    A connection is checked before each use, so that a restart of Postgres costs no
    query more than it has to.
    """

    def __init__(
        self, postgres_url: str, inst_data: ConfigurableClassData | None = None
    ) -> None:
        super().__init__(postgres_url, inst_data=inst_data)
        self.engine = sqlalchemy.create_engine(
            postgres_url,
            isolation_level="AUTOCOMMIT",
            pool_size=KEPT_CONNECTIONS,
            max_overflow=MOST_CONNECTIONS - KEPT_CONNECTIONS,
            pool_pre_ping=True,
        )
        for storage in (
            self._run_storage,
            self._event_log_storage,
            self._schedule_storage,
        ):
            storage._engine = self.engine

    @classmethod
    def from_config_value(
        cls,
        inst_data: ConfigurableClassData | None,
        config_value: PostgresStorageConfig,
    ) -> Self:
        return cls(pg_url_from_config(config_value), inst_data)
