"""Sample data: a call centre's customers, English and Japanese, around the present moment."""

from crm_tui.demo.filling import fill

__all__ = ["fill"]
