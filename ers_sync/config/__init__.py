"""`config.yaml`: one typed model, from which come validation, the commented sample and the reference page."""

from ers_sync.config.dsn import database_dsn
from ers_sync.config.loader import load
from ers_sync.config.model import Config, Hospital
from ers_sync.config.problems import ConfigError, Problem
from ers_sync.config.render import reference, sample
from ers_sync.config.secrets import SecretError, file_problems, read_secret

__all__ = [
    "Config",
    "ConfigError",
    "Hospital",
    "Problem",
    "SecretError",
    "database_dsn",
    "file_problems",
    "load",
    "read_secret",
    "reference",
    "sample",
]
