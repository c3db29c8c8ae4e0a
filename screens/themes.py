"""The three themes, legible in all colours, in the 256 that come through SSH, and in 16."""

from textual.theme import Theme

from crm_tui.config_options import THEMES
from crm_tui.i18n import N_

LABELS = {"dark": N_("Dark"), "light": N_("Light"), "high-contrast": N_("High contrast")}

_DARK = Theme(
    name="dark",
    dark=True,
    primary="#5fafff",
    secondary="#87afd7",
    accent="#ffaf5f",
    warning="#ffd75f",
    error="#ff8787",
    success="#87d787",
    foreground="#d0d0d0",
    background="#1c1c1c",
    surface="#1c1c1c",
    panel="#262626",
    boost="#262626",
)

_LIGHT = Theme(
    name="light",
    dark=False,
    primary="#005faf",
    secondary="#005f87",
    accent="#875f00",
    warning="#875f00",
    error="#af0000",
    success="#005f00",
    foreground="#1c1c1c",
    background="#ffffff",
    surface="#ffffff",
    panel="#dadada",
    boost="#dadada",
)

_HIGH_CONTRAST = Theme(
    name="high-contrast",
    dark=True,
    primary="#ffff00",
    secondary="#00ffff",
    accent="#ffff00",
    warning="#ffff00",
    error="#ff8787",
    success="#5fff5f",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#000000",
    boost="#000000",
)

_DARK_SHADES = {
    "text-muted": "#a8a8a8",
    "text-disabled": "#8a8a8a",
    "text-success": "#87d787",
    "text-warning": "#ffd75f",
    "text-error": "#ff8787",
    "success-muted": "#262626",
    "warning-muted": "#262626",
    "error-muted": "#262626",
    "primary-muted": "#262626",
}

_LIGHT_SHADES = {
    "text-muted": "#3a3a3a",
    "text-disabled": "#4e4e4e",
    "text-success": "#005f00",
    "text-warning": "#5f5f00",
    "text-error": "#af0000",
    "success-muted": "#d7ffd7",
    "warning-muted": "#ffffd7",
    "error-muted": "#ffd7d7",
    "primary-muted": "#d7d7ff",
}

_CONTRAST_SHADES = {
    "text-muted": "#ffffff",
    "text-disabled": "#bcbcbc",
    "text-success": "#5fff5f",
    "text-warning": "#ffff00",
    "text-error": "#ff8787",
    "success-muted": "#000000",
    "warning-muted": "#000000",
    "error-muted": "#000000",
    "primary-muted": "#000000",
}


def console_themes() -> tuple[Theme, ...]:
    """Return the themes under the names that the configuration knows."""
    themes = (_DARK, _LIGHT, _HIGH_CONTRAST)
    for theme, shades in zip(themes, (_DARK_SHADES, _LIGHT_SHADES, _CONTRAST_SHADES), strict=True):
        theme.variables = _plain(theme) | shades
    assert tuple(theme.name for theme in themes) == THEMES
    return themes


def _plain(theme: Theme) -> dict[str, str]:
    """Return the variables of widgets in colours of the theme itself, without blends between them."""
    text = "#000000" if theme.name != "light" else "#ffffff"
    return {
        "input-cursor-background": str(theme.foreground),
        "input-cursor-foreground": str(theme.background),
        "input-cursor-text-style": "none",
        "input-selection-background": str(theme.primary),
        "block-cursor-foreground": text,
        "block-cursor-background": theme.primary,
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-foreground": str(theme.foreground),
        "block-cursor-blurred-background": str(theme.panel),
        "block-hover-background": str(theme.background),
        "border": theme.primary,
        "border-blurred": str(theme.panel),
        "scrollbar": str(theme.panel),
        "scrollbar-hover": str(theme.panel),
        "scrollbar-active": theme.primary,
        "scrollbar-background": str(theme.background),
        "scrollbar-background-hover": str(theme.background),
        "scrollbar-background-active": str(theme.background),
        "scrollbar-corner-color": str(theme.background),
    }
