"""`index.html`: a thread, its cards and every slide's content, for a person without PowerPoint. One file, no script."""

from bot.page.thread import Turn, page

__all__ = ["Turn", "page"]
