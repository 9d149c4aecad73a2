"""Catalogs and street photos as they lie on a disk: folders or zips with a CSV and pictures."""

import csv
import hashlib
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

#: What may be left out of a picture's name in a table.
SUFFIXES = ("", ".jpg", ".jpeg", ".png", ".webp")


class DataError(Exception):
    """Something about the given data that a person has to mend."""


class Source:
    """A folder or a zip, read only."""

    def __init__(self, path):
        self.path = Path(path)
        if self.path.is_dir():
            self.archive = None
            names = (p.relative_to(self.path).as_posix() for p in self.path.rglob("*") if p.is_file())
        elif zipfile.is_zipfile(self.path):
            self.archive = zipfile.ZipFile(self.path)
            names = (n for n in self.archive.namelist() if not n.endswith("/"))
        else:
            raise DataError(f"{path} is neither a folder nor a zip.")
        self.names = set(names)

    def read(self, name):
        if self.archive:
            return self.archive.read(name)
        return (self.path / name).read_bytes()

    def table(self, *candidates):
        """The rows of the first of these files that is there, the one nearest to the top of the folder.

        Returns (the folder that the file is in, a list of dictionaries with the header's names in lower case).
        A row with more fields than the header (unquoted commas in the last column) keeps what fits.
        """
        for wanted in candidates:
            found = [n for n in self.names if PurePosixPath(n).name == wanted]
            if found:
                name = min(found, key=lambda n: (n.count("/"), n))
                text = self.read(name).decode("utf-8-sig", errors="replace")
                rows = csv.reader(io.StringIO(text))
                header = [h.strip().lower() for h in next(rows, [])]
                return str(PurePosixPath(name).parent), [dict(zip(header, row)) for row in rows if row]
        raise DataError(f"{self.path} has none of {', '.join(candidates)}.")

    def picture(self, folder, name):
        """The full name of a table's picture, or None if there is no such file."""
        if not name:
            return None
        for below in (folder, f"{folder}/images"):
            for suffix in SUFFIXES:
                candidate = PurePosixPath(f"{below}/{name}{suffix}").as_posix().removeprefix("./")
                if candidate in self.names:
                    return candidate
        return None


@dataclass
class Photo:
    """A picture with what is known about it; an empty text is unknown."""

    id: str
    source: Source
    file: str
    category: str = ""
    colour: str = ""
    gender: str = ""
    usage: str = ""
    name: str = ""
    #: Of a street photo: what it is called there, and who sent it.
    label: str = ""
    sender: str = ""

    def bytes(self):
        return self.source.read(self.file)

    def sha256(self):
        return hashlib.sha256(self.bytes()).hexdigest()


def read_map(path):
    """A label map (a CSV with the columns label and category): label -> list of categories, maybe empty."""
    result = {}
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            categories = result.setdefault(row["label"], [])
            if row["category"]:
                categories.append(row["category"])
    return result


def read_catalog(path, categories=None):
    """The photos of a catalog: Kaggle's layout (styles.csv) or Vitrine's own (items.csv).

    categories: a label map that renames categories; a category that it lacks stays as it is, one that it maps to
    nothing leaves the photo without a category. Returns a list of `Photo`; rows without a picture are left out.
    """
    source = Source(path)
    folder, rows = source.table("styles.csv", "items.csv")
    photos = []
    for row in rows:
        kaggle = "articletype" in row
        value = lambda *keys: next((row[k].strip() for k in keys if row.get(k)), "")  # noqa: E731
        file = source.picture(folder, value("id") if kaggle else value("image", "filename"))
        if file is None:
            continue
        category = value("articletype", "category")
        if categories and category in categories:
            category = (categories[category] + [""])[0]
        photos.append(
            Photo(
                id=value("id"),
                source=source,
                file=file,
                category=category,
                colour=value("basecolour", "colour", "color"),
                gender=value("gender"),
                usage=value("usage"),
                name=value("productdisplayname", "name"),
            )
        )
    if not photos:
        raise DataError(f"{path} has a table but none of its pictures.")
    return photos


def read_street(path):
    """Photos that people took at home: images.csv with image, label and sender_id."""
    source = Source(path)
    folder, rows = source.table("images.csv")
    photos = []
    for row in rows:
        file = source.picture(folder, row.get("image", "").strip())
        if file:
            sender = row.get("sender_id", "").strip() or row["image"]
            photos.append(Photo(row["image"].strip(), source, file, label=row.get("label", "").strip(), sender=sender))
    if not photos:
        raise DataError(f"{path} has a table but none of its pictures.")
    return photos
