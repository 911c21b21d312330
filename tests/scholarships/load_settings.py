"""The settings of a server under load in a test: pages without collected static files, mail to a catcher."""

from portfolio.settings import *  # noqa: F403, TID251 - all of them
from portfolio.settings import STORAGES  # noqa: TID251

STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
