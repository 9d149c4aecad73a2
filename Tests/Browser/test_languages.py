"""Every page in every language: chosen by the browser or by hand, right to left, with nothing left in English."""

import json
import re
import unittest

from support import ROOT, BrowserTestCase, demo_photo

LANGUAGES = {path.stem: json.loads(path.read_text()) for path in sorted((ROOT / "Languages").glob("*.json"))}
ENGLISH = LANGUAGES["en"]["texts"]

PAGES = {"home": "/", "catalog": "/catalog?colour=Red&price_max=50", "item": "/items/" + demo_photo(1)[0],
         "about": "/about", "privacy": "/privacy", "favourites": "/favourites", "error": "/nowhere"}

# Texts that a visitor sees or hears; the catalog's own names are marked as such.
VISIBLE_TEXTS = """
const texts = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const node = walker.currentNode;
  if (!node.parentElement.closest("bdi, script, .languages")) texts.push(node.data.trim());
}
for (const element of document.querySelectorAll("[aria-label], [alt], [placeholder], [title]"))
  for (const name of ["aria-label", "alt", "placeholder", "title"])
    if (element.hasAttribute(name)) texts.push(element.getAttribute(name).trim());
texts.push(document.title.split(" · ")[0]);
return texts.filter((text) => text !== "");
"""


def forms(text):
    return [text] if isinstance(text, str) else list(text.values())


def pieces(text):
    """What stands between the elements of a text."""
    return {piece.strip() for form in forms(text) for piece in re.split(r"<[^>]*>", form)}


def pattern(piece):
    """Matches a piece with anything in its places; nothing where it has no words of its own."""
    if not re.search(r"[a-z]{3}", re.sub(r"\{[^}]*\}", "", piece)):
        return None
    return re.compile(re.sub(r"\\\{[^}]*\\\}", ".+", re.escape(piece)))


def english_left_over(language):
    """Patterns of English texts that the language says otherwise, and words of the catalog that it has its own for."""
    own = {piece for text in language["texts"].values() for piece in pieces(text)}
    english = {piece for text in ENGLISH.values() for piece in pieces(text)} - own
    patterns = [found for found in map(pattern, english) if found and not any(map(found.fullmatch, own))]
    words = {word for values in language["values"].values() for word, translation in values.items()
             if word != translation and translation not in values}
    same = {translation for values in language["values"].values() for translation in values.values()}
    return patterns, words - same


class InEveryLanguage(BrowserTestCase):
    def speak(self, tag):
        self.browser.execute_cdp_cmd("Network.enable", {})
        self.browser.execute_cdp_cmd("Network.setExtraHTTPHeaders", {"headers": {"Accept-Language": f"{tag}, xx;q=0.5"}})

    def tearDown(self):
        self.browser.execute_cdp_cmd("Network.setExtraHTTPHeaders", {"headers": {}})
        self.browser.delete_all_cookies()

    def check(self, tag, width, name):
        language = LANGUAGES[tag]
        root = self.one("html")
        self.assertEqual((root.get_attribute("lang"), root.get_attribute("dir")), (tag, language["direction"]))
        self.assert_fits(width)
        self.screenshot(f"language-{tag}-{name}-{width}")
        if tag == "en":
            return
        patterns, words = english_left_over(language)
        for text in self.browser.execute_script(VISIBLE_TEXTS):
            self.assertNotIn(text, words, f"{name} in {tag}")
            for pattern in patterns:
                self.assertIsNone(pattern.fullmatch(text), f"{name} in {tag} says {text!r}")

    def test_pages_speak_the_language_of_the_browser_and_fit(self):
        for tag in LANGUAGES:
            self.speak(tag)
            for width in (360, 1280):
                self.resize(width)
                for name, path in PAGES.items():
                    with self.subTest(language=tag, page=name, width=width):
                        self.open(path)
                        for closed in self.all("details.filters"):
                            self.browser.execute_script("arguments[0].open = true", closed)
                        self.check(tag, width, name)
        self.assert_no_errors_but_missing()

    def assert_no_errors_but_missing(self):
        entries = [entry for entry in self.browser.get_log("browser")
                   if entry["level"] == "SEVERE" and "/nowhere" not in entry["message"]]
        self.assertEqual(entries, [])

    def test_results_and_the_tray_speak_the_language(self):
        for tag in LANGUAGES:
            self.speak(tag)
            self.resize(360)
            with self.subTest(language=tag):
                self.open("/")
                texts = json.loads(self.one("script[data-texts]").get_attribute("textContent"))
                self.assertEqual(texts["script.cancel"], LANGUAGES[tag]["texts"]["script.cancel"])
                self.one("input[type=file][name=image]").send_keys(str(demo_photo(1)[1]))
                self.wait(lambda: "/results/" in self.browser.current_url, "no results came")
                for width in (360, 1280):
                    self.resize(width)
                    self.check(tag, width, "results")

    def test_a_card_reads_from_right_to_left_in_arabic(self):
        self.speak("ar")
        self.resize(1280)
        self.open("/catalog")
        first, second = [card.rect["x"] for card in self.all(".row .card")[:2]]
        self.assertGreater(first, second)
        self.assertEqual(self.one(".card-name").value_of_css_property("text-align"), "start")


class Switch(BrowserTestCase):
    javascript = False

    def test_the_switch_keeps_the_page_and_the_choice_without_a_script(self):
        self.open("/catalog?colour=Red")
        for tag in [tag for tag in LANGUAGES if tag != "en"] + ["en"]:
            self.one(f".languages button[value={tag}]").click()
            self.wait(lambda tag=tag: self.all(f"html[lang={tag}]"), f"the page is not in {tag}")
            self.assertTrue(self.browser.current_url.endswith("/catalog?colour=Red"))
            chosen = self.one(".languages [aria-current]")
            self.assertEqual(chosen.text, LANGUAGES[tag]["name"])
            self.assertEqual(chosen.get_attribute("lang"), tag)
            self.open("/about")
            self.assertEqual(self.one("html").get_attribute("lang"), tag)
            self.open("/catalog?colour=Red")


if __name__ == "__main__":
    unittest.main()
