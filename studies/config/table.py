"""The base of every table in a file: it knows its fields."""

from typing import Any

from pydantic import BaseModel, model_validator
from pydantic_core import PydanticCustomError

from studies.config.problems import UNKNOWN_KEY, suggest


class Table(BaseModel):
    """A table of known fields; a field that isn't known is answered with the one that was probably meant."""

    @model_validator(mode="before")
    @classmethod
    def _know_every_field(cls, data: object) -> object:
        for key in data if isinstance(data, dict) else ():
            if key not in cls.model_fields:
                found = {"hint": suggest(str(key), cls.model_fields), "key": str(key)}
                raise PydanticCustomError(UNKNOWN_KEY, "there is no such field; {hint}", found)
        return data

    def given(self) -> dict[str, Any]:
        """Return the fields that the file gives."""
        return {name: getattr(self, name) for name in type(self).model_fields if name in self.model_fields_set}
