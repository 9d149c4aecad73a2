import Foundation
import Mustache

/// The page templates in every language, read once when the site starts.
package struct Templates: Sendable {
    /// The pages that must be there; each is a file `NAME.mustache`. Partials lie beside them.
    package enum Page: String, Sendable, CaseIterable {
        case home, results, item, catalog, favourites, compare, about, privacy, error
        case embed
        case embedResults = "embed-results"
        case embedError = "embed-error"
        case kiosk
        case kioskResults = "kiosk-results"
        case kioskPiece = "kiosk-piece"
        case kioskShare = "kiosk-share"
    }

    private let libraries: [String: MustacheLibrary]

    /// Reads every `*.mustache` file of a folder, and puts each language's texts into it.
    ///
    /// - Throws: ``SiteError`` if a file cannot be read or parsed, names a text that is not there, or a page is missing.
    package init(directory: String, languages: Languages) throws {
        var files: [(name: String, path: String, text: String)] = []
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        for name in names where name.hasSuffix(".mustache") {
            let path = "\(directory)/\(name)"
            guard let content = FileManager.default.contents(atPath: path) else { throw SiteError.unreadableFile(path) }
            files.append((String(name.dropLast(".mustache".count)), path, String(decoding: content, as: UTF8.self)))
        }
        for page in Page.allCases where !files.contains(where: { $0.name == page.rawValue }) {
            throw SiteError.unreadableFile("\(directory)/\(page.rawValue).mustache")
        }
        var libraries: [String: MustacheLibrary] = [:]
        for language in languages.all {
            var library = MustacheLibrary()
            for (name, path, text) in files {
                do {
                    try library.register(TemplateTexts.filled(text, in: language), named: name)
                } catch {
                    throw SiteError.invalidTemplate(path, reason: "\(error)")
                }
            }
            libraries[language.tag] = library
        }
        self.libraries = libraries
    }

    /// Renders a page in the language of its layout; `model` has a stored property for every name in the template.
    package func render(_ page: Page, _ model: some PageModel) -> String {
        // Every page was found when the folder was read, and every language of a layout is one of those read.
        libraries[model.layout.language.tag]?.render(model, withTemplate: page.rawValue) ?? ""
    }
}
