"""How Sphinx builds the site: `make docs`."""

from __future__ import annotations

import sys
from pathlib import Path

from sailpoint_pat import __version__

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "sailpoint-pat"
author = "The sailpoint-pat authors"
release = version = __version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "annotations",
    "command_pages",
    "complete",
    "docstrings",
    "top_files",
]
exclude_patterns = ["_ext"]
root_doc = "index"

html_theme = "furo"
html_title = f"sailpoint-pat {__version__}"
html_show_sourcelink = False
html_copy_source = False
html_show_copyright = False
html_show_sphinx = False
html_static_path = ["_static"]
html_css_files = ["site.css"]
pygments_style = "default"
pygments_dark_style = "github-dark"

# A heading is a target: `[text](page.md#a-heading)`. Each link within the site is checked.
myst_heading_anchors = 4
# Dashes alone: quotation marks stay straight, so that what is copied from a page works.
smartquotes_action = "D"

default_role = "code"
add_module_names = False
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
autodoc_class_signature = "mixed"
python_maximum_signature_line_length = 88
napoleon_numpy_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False
# The signature has the types.
napoleon_attr_annotations = False

# `-n` warns of each type without a page of its own. These have theirs elsewhere, and nothing is
# looked up over the network, so they stay without a link:
nitpick_ignore_regex = [
    # The standard library.
    (r"py:.*", r"(collections\.abc|datetime|pathlib|ssl)\..*"),
    # The same, where an attribute's type is written without its module.
    (r"py:.*", r"(datetime|timedelta)"),
    # httpx, whose types the clients take and give.
    (r"py:.*", r"httpx\..*"),
    # pytest's, in the signature of a fixture, which nobody calls.
    (r"py:.*", r"_pytest\..*"),
    # The generated layer, which the generator describes.
    (r"py:.*", r"sailpoint_pat_generated\..*"),
    # Names for longer types, which are shown in the text beside them.
    (r"py:.*", r"(AccessTokenSource|Record|Received|Kind|Severity|Level)"),
]
