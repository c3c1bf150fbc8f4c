"""Tells hatchling what only the build knows, which `cargo xtask dist wheel` puts into the environment."""

import os

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface


class Metadata(MetadataHookInterface):
    """Version and licences."""

    def update(self, metadata):
        metadata["version"] = os.environ["MATHESAR_VERSION"]
        metadata["license"] = os.environ["MATHESAR_LICENSE"]


class Tag(BuildHookInterface):
    """Any Python 3, but only systems that the executable starts on."""

    def initialize(self, version, build_data):
        build_data["pure_python"] = False
        build_data["tag"] = os.environ["MATHESAR_TAG"]
