"""What stands between the network and the pages.

`gate` says what reaches Gradio, `headers` what a browser may do with a page.
"""

from ui.security.gate import Allowed, GradioGate
from ui.security.headers import SecurityHeaders

__all__ = ["Allowed", "GradioGate", "SecurityHeaders"]
