"""Campaigns from files: reading, checking and saving them.

Belongs here: reading campaign files, saving them, re-arming parked people, and
validating saved templates. Does not: prospect exports (`trueup.imports`), sending, the
validator itself, or Dagster.
"""

from trueup.campaigns.errors import CampaignError, RefusedCampaignError
from trueup.campaigns.long_texts import TooLongText
from trueup.campaigns.model import Campaign, Step, Variant
from trueup.campaigns.reading import campaign_of, parse_campaign, read_campaign_file
from trueup.campaigns.rearming import Rearming, StillParked, rearm_campaign
from trueup.campaigns.saving import (
    SavedCampaign,
    check_campaign,
    find_errors,
    find_too_long,
    save_campaign,
)
from trueup.campaigns.validations import (
    TemplateValidation,
    validate_saved_templates,
)

__all__ = [
    "Campaign",
    "CampaignError",
    "Rearming",
    "RefusedCampaignError",
    "SavedCampaign",
    "Step",
    "StillParked",
    "TemplateValidation",
    "TooLongText",
    "Variant",
    "campaign_of",
    "check_campaign",
    "find_errors",
    "find_too_long",
    "parse_campaign",
    "read_campaign_file",
    "rearm_campaign",
    "save_campaign",
    "validate_saved_templates",
]
