"""The columns and foreign keys all tables are made of."""

from typing import Any

from sqlalchemy import Column, DateTime, ForeignKeyConstraint, MetaData, Uuid

metadata = MetaData()


def practice_id() -> Column[Any]:
    """The tenant, first in every key."""
    return Column("practice_id", Uuid, primary_key=True)


def row_id(name: str = "id") -> Column[Any]:
    """A part of the key."""
    return Column(name, Uuid, primary_key=True)


def moment(name: str, nullable: bool = False) -> Column[Any]:
    """A time, kept in UTC."""
    return Column(name, DateTime(timezone=True), nullable=nullable)


def of_practice() -> ForeignKeyConstraint:
    """The row goes with its practice."""
    return ForeignKeyConstraint(["practice_id"], ["practices.practice_id"], ondelete="CASCADE")


def within(*columns: str, table: str, target: str = "id") -> ForeignKeyConstraint:
    """A foreign key that cannot leave the practice."""
    there = [f"{table}.practice_id", f"{table}.{target}"]
    return ForeignKeyConstraint(["practice_id", *columns], there, ondelete="CASCADE")
