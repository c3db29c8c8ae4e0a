"""Who can become a lead or a contact by themselves, and who never does: machines, lists, colleagues."""

import re
from collections.abc import Collection
from typing import Final

_MACHINES: Final = re.compile(
    r"(?:.*[-_.+])?(?:no-?reply|do-?not-?reply|notifications?|notify|mailer-daemon|daemon|postmaster"
    r"|bounces?|auto(?:mat(?:ed|ic))?-?(?:reply|mail|confirm)?|alerts?|system|root|cron|news(?:letter)?|magazine"
    r"|mailmaga|mag|listserv|majordomo|unsubscribe)(?:[-_.+0-9].*)?"
)
"""Local parts that no person answers from."""

_LISTS: Final = re.compile(
    r".+[-_.](?:ml|list|lists|request|owner|bounces|admin|subscribe|unsubscribe|users|dev|announce|all)"
    r"|(?:ml|list|lists|all|everyone|everybody|staff|zenin|zensha)(?:[-_.].+)?|owner-.+"
)
"""Local parts of lists (RFC 2142, section 6) and of addresses that reach many."""

_LIST_HOSTS: Final = re.compile(
    r"(?:lists?|ml|groups|mailman|listserv)\..+|.*\b(?:googlegroups\.com|groups\.io|freeml\.com)"
)

PROVIDERS: Final = frozenset(
    """
    gmail.com googlemail.com outlook.com outlook.jp hotmail.com hotmail.co.jp live.com live.jp msn.com
    yahoo.com yahoo.co.jp ymail.ne.jp icloud.com me.com mac.com aol.com gmx.com gmx.de gmx.net web.de
    proton.me protonmail.com zoho.com mail.com fastmail.com qq.com 163.com 126.com naver.com daum.net
    t-online.de docomo.ne.jp ezweb.ne.jp au.com softbank.ne.jp i.softbank.jp vodafone.ne.jp ymobile.ne.jp
    rakuten.jp uqmobile.jp mineo.jp nifty.com nifty.ne.jp biglobe.ne.jp ocn.ne.jp so-net.ne.jp plala.or.jp
    dti.ne.jp asahi-net.or.jp infoseek.jp excite.co.jp goo.jp mail.goo.ne.jp eonet.ne.jp jcom.home.ne.jp
    jcom.zaq.ne.jp zaq.ne.jp orange.fr free.fr laposte.net libero.it comcast.net verizon.net att.net
    """.split()
)
"""Domains whose addresses belong to anybody: nothing follows from having the same one."""


def is_person(email: str) -> bool:
    """Return whether a folded address may be that of a person or an office: no machine and no list."""
    local, at, domain = email.rpartition("@")
    if not (local and at and domain):
        return False
    local = local[:100]
    return not (_MACHINES.fullmatch(local) or _LISTS.fullmatch(local) or _LIST_HOSTS.fullmatch(domain[:255]))


def is_colleague(email: str, own: Collection[str]) -> bool:
    """Return whether a folded address is one of the organisation: its own, or of the same company's domain.

    Args:
        own: Folded addresses of users and of connected mailboxes.
    """
    if email in own:
        return True
    domain = domain_of(email)
    return domain not in PROVIDERS and domain in {domain_of(one) for one in own}


def may_become(email: str, own: Collection[str]) -> bool:
    """Return whether a lead or contact may be made of a folded address without anybody's asking.

    Args:
        own: Folded addresses of users and of connected mailboxes.
    """
    return is_person(email) and not is_colleague(email, own)


def domain_of(email: str) -> str:
    """Return what stands behind the @ of an address, "" for none."""
    return email.rpartition("@")[2]


def company_of(email: str) -> str:
    """Return what names the company of an address: its domain, "" where that is anybody's."""
    domain = domain_of(email)
    return "" if domain in PROVIDERS else domain
