"""The pages of whoever wants no more mails: the question, with one button, and that it is done."""

from typing import Final

#: Nothing is loaded, nothing runs, and the form goes where it came from.
SECURITY_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_ENGLISH: Final = (
    "No more mails",
    "Do you want no more mails from Bitewing at this address? Who signs in finds everything in the inbox.",
    "Send no more mails",
    "You get no more mails from Bitewing at this address. Who signs in can choose them again in their account.",
)
_SPANISH: Final = (
    "Dejar de recibir correos",
    "¿No quiere recibir más correos de Bitewing en esta dirección? Al iniciar sesión encontrará todo en su bandeja.",
    "No recibir más correos",
    "Ya no recibirá correos de Bitewing en esta dirección. Al iniciar sesión puede volver a activarlos en su cuenta.",
)


def question(language: str) -> str:
    """Return the page that asks, with the one button that does it.

    Args:
        language: Of the reader, as BCP 47 says it.
    """
    _, asks, button, _ = _words(language)
    return _page(language, f'<p>{asks}</p>\n<form method="post"><button type="submit">{button}</button></form>')


def done(language: str) -> str:
    """Return the page that says that it is done."""
    return _page(language, f"<p>{_words(language)[3]}</p>")


def _words(language: str) -> tuple[str, str, str, str]:
    return _SPANISH if _is_spanish(language) else _ENGLISH


def _is_spanish(language: str) -> bool:
    return language.partition("-")[0] == "es"


def _page(language: str, body: str) -> str:
    title = _words(language)[0]
    return (
        f'<!doctype html>\n<html lang="{"es" if _is_spanish(language) else "en"}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">'
        f"<title>{title}</title></head>\n"
        f'<body style="font:16px/1.5 sans-serif;color:#111;max-width:40rem;margin:2rem auto;padding:0 1rem">\n'
        f"<h1>{title}</h1>\n{body}\n</body></html>\n"
    )
