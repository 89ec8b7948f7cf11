"""What Piccolo's own commands read: the engine and the apps (core's, then plugins')."""

from piccolo.conf.apps import AppRegistry

from portal.apps import noms_des_apps
from portal.infra.base import engine

DB = engine
APP_REGISTRY = AppRegistry(apps=noms_des_apps())
