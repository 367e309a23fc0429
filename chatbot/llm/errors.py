"""What can go wrong between us and a model.

    ModelError
      ModelUnavailable      no answer, or it broke off: the visitor may try again
        ModelTimeout        one of the time limits passed
        ModelRefused        the provider said no (key, quota, unknown model, content)
          TransferRefused   we said no: this message may not go there
      ModelMisconfigured    start-up: the settings cannot work; the message says how to mend them

A message names the model and the kind of failure, never what was asked or answered.
"""

from __future__ import annotations


class ModelError(Exception):
    """A model cannot be used."""


class ModelUnavailable(ModelError):
    """The model gave no answer, or broke off in the middle of one (`partial`)."""

    def __init__(self, message: str, *, partial: bool = False) -> None:
        super().__init__(message)
        self.partial = partial


class ModelTimeout(ModelUnavailable):
    """The model took longer than allowed."""


class ModelRefused(ModelUnavailable):
    """The provider refused the request itself; trying again does not help."""


class TransferRefused(ModelRefused):
    """This message may not leave for the model's country; nothing was sent."""


class ModelMisconfigured(ModelError):
    """The settings name a model that cannot or may not be used; the service does not start."""
