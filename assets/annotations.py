"""`annotations`."""

from assets.resources.flow_asset import flow_asset

annotations = flow_asset("annotations")
