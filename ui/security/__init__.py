"""What stands between the network and the pages.

::

    socket ──bounded_protocol──▶ ForwardedHeaders ──▶ RequestBounds ──▶ our own pages
                                                            └──GradioGate──▶ Gradio

`connections` bounds what is open, `forwarded` says who a visitor is, `requests` how much one may
send, `gate` what reaches Gradio, `turns` whose event is next, and `headers` what a browser may do
with a page. SECURITY.md lists what they are to hold off.
"""

from ui.security.connections import bounded_protocol
from ui.security.forwarded import ForwardedHeaders
from ui.security.gate import Allowed, GradioGate
from ui.security.headers import SecurityHeaders
from ui.security.origins import SAFE_METHODS, comes_from_here
from ui.security.requests import RequestBounds
from ui.security.turns import take_turns

__all__ = [
    "SAFE_METHODS",
    "Allowed",
    "ForwardedHeaders",
    "GradioGate",
    "RequestBounds",
    "SecurityHeaders",
    "bounded_protocol",
    "comes_from_here",
    "take_turns",
]
