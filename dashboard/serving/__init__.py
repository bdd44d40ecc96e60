"""The web server around the dashboard's script: login, sessions, security headers. Without a session nothing is served."""

from dashboard.serving.cookies import SESSION_COOKIE
from dashboard.serving.server import Serving, bind, serve
from dashboard.serving.site import Site

__all__ = ["SESSION_COOKIE", "Serving", "Site", "bind", "serve"]
