"""Reads a spec from a file or a URL, and follows its references into the files beside it."""

from __future__ import annotations

import json
import re
from io import StringIO
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urldefrag, urljoin, urlsplit
from urllib.request import url2pathname

import httpx
import yaml
from jsonschema_path.handlers import FileHandler
from referencing import Registry, Resource
from referencing.exceptions import Unresolvable

Node: TypeAlias = dict[str, Any]

TIMEOUT = 30.0  # seconds
RIGHT_FILE = "idn/apis/personal-access-tokens/openapi.yaml"


class DriftError(Exception):
    """A spec cannot be compared; the message says why, after the spec's name."""


class Spec:
    """A spec, whose references are followed only where somebody looks.

    Args:
        source: a file, or an `http` or `https` URL.

    Raises:
        DriftError: it cannot be read, or it is no OpenAPI 3 document.
    """

    def __init__(self, source: str) -> None:
        self.name = without_secrets(source)
        self.uri, text = read(source)
        root = parse(text)
        if not isinstance(root, dict) or not str(root.get("openapi")).startswith("3."):
            raise DriftError(f"it is not an OpenAPI 3 document. {self.where_to_look()}")
        self.root: Node = root
        self.paths = mapping(root.get("paths"))
        self._registry = Registry[Any]().with_resource(self.uri, Resource.opaque(root))

    def where_to_look(self) -> str:
        """Name the vendor's file that has our operations."""
        top, in_repository, _ = self.name.rpartition("idn/")
        if in_repository:
            return f"The right file is likely {top}{RIGHT_FILE}"
        return f"In the vendor's repository take {RIGHT_FILE} or idn/sailpoint-api.<version>.yaml"

    def look_up(self, reference: str, base: str) -> tuple[Any, str]:
        """Return what a reference in the file `base` leads to, and the file where that is."""
        target, fragment = urldefrag(urljoin(base, reference))
        try:
            if target not in self._registry:
                found = Resource.opaque(parse(read_beside(target, self.uri)))
                self._registry = self._registry.with_resource(target, found)
            return self._registry.resolver(target).lookup(f"#{fragment}").contents, target
        except (Unresolvable, TypeError, ValueError) as error:  # The last two: through a list.
            raise DriftError(f"the reference {reference} leads nowhere") from error
        except DriftError as error:
            raise DriftError(f"the reference {reference} cannot be followed: {error}") from error

    def expand(self, node: Any, base: str, above: tuple[int, ...] = ()) -> Any:
        """Return a node with everything in it that it refers to.

        Where something contains itself, it ends with `{}` (anything) where it would begin again.
        What stands beside a reference counts too, as in OpenAPI 3.1.
        """
        if isinstance(node, list):
            return [self.expand(each, base, above) for each in node]
        if not isinstance(node, dict):
            return node
        expanded: Node = {}
        if isinstance(node.get("$ref"), str):
            found, place = self.look_up(node["$ref"], base)
            if id(found) not in above:
                expanded = mapping(self.expand(found, place, (*above, id(found))))
            node = {key: value for key, value in node.items() if key != "$ref"}
        return expanded | {key: self.expand(value, base, above) for key, value in node.items()}


def read(source: str, *, follow_redirects: bool = True) -> tuple[str, str]:
    """Return the address of a file or URL, after all redirects, and its text."""
    try:
        if not re.match("https?://", source, re.IGNORECASE):
            path = Path(source).resolve()
            return path.as_uri(), path.read_text(encoding="utf-8-sig")
        answer = httpx.get(source, follow_redirects=follow_redirects, timeout=TIMEOUT)
        if not answer.is_success:
            raise DriftError(f"the server answered {answer.status_code}")
        return str(answer.url), answer.content.decode("utf-8-sig")
    except OSError as error:
        raise DriftError(error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise DriftError("it is not UTF-8 text") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise DriftError(f"it cannot be fetched ({type(error).__name__})") from error


def read_beside(uri: str, root: str) -> str:
    """Return the text of a file that a spec refers to.

    It has to be in the spec's own tree: in the folder above the one that the spec is in, or below
    that, and on the same host. A file of the vendor's refers to nothing beyond.
    """
    tree = urljoin(root, "..")
    if uri.startswith(tree):
        if urlsplit(uri).scheme != "file":
            return read(uri, follow_redirects=False)[1]
        path, folder = (Path(url2pathname(urlsplit(e).path)).resolve() for e in (uri, tree))
        if path.is_relative_to(folder):
            return read(str(path))[1]
    raise DriftError(f"it is outside of {without_secrets(tree)}")


def parse(text: str) -> Any:
    """Read JSON or YAML: dates stay texts, and all keys are texts, unquoted status codes too."""
    start = text.lstrip()[:1]
    if start == "<":
        raise DriftError("it is a web page, not a spec")
    try:
        # JSON is YAML as well, but the parser for JSON takes a fiftieth of the time.
        return json.loads(text) if start in ("{", "[") else FileHandler()(StringIO(text))
    except (ValueError, TypeError, yaml.YAMLError) as error:
        raise DriftError(f"bad JSON or YAML: {' '.join(str(error).split())}") from error
    except RecursionError as error:
        raise DriftError("it is nested too deeply") from error


def without_secrets(source: str) -> str:
    """Return a URL without its password and its query: neither belongs in a message."""
    return re.sub(r"(?<=//)[^/]*@|[?#].*", "", source) if "://" in source else source


def mapping(node: Any) -> Node:
    """Return an object of a spec; None, and OpenAPI 3.1's `true`, say nothing."""
    if node is None or node is True:
        return {}
    if not isinstance(node, dict):
        raise DriftError(f"an object was expected instead of {json.dumps(node)[:60]}")
    return node


def sequence(node: Any) -> list[Any]:
    """Return a list of a spec; None is an empty one."""
    if node is not None and not isinstance(node, list):
        raise DriftError(f"a list was expected instead of {json.dumps(node)[:60]}")
    return node or []


def mappings(node: Any) -> list[Node]:
    """Return a list of objects of a spec."""
    return [mapping(each) for each in sequence(node)]
