import Foundation
import Mustache
import Synchronization

/// The page templates in every language: read and checked when the site starts, and parsed then in English; in another
/// language when somebody first reads it, since most sites are read in few. Safe to use from many threads.
package final class Templates: Sendable {
    private struct File {
        let name: String
        let path: String
        let text: String
    }

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

    private let files: [File]
    private let libraries = Mutex<[String: MustacheLibrary]>([:])

    /// Reads every `*.mustache` file of a folder.
    ///
    /// - Throws: ``SiteError`` if a file cannot be read or parsed, names a text that is not there, or a page is missing.
    package init(directory: String, languages: Languages) throws {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        files = try names.filter { $0.hasSuffix(".mustache") }.map { name in
            let path = "\(directory)/\(name)"
            guard let content = FileManager.default.contents(atPath: path) else { throw SiteError.unreadableFile(path) }
            return File(
                name: String(name.dropLast(".mustache".count)), path: path,
                text: String(decoding: content, as: UTF8.self))
        }
        for page in Page.allCases where !files.contains(where: { $0.name == page.rawValue }) {
            throw SiteError.unreadableFile("\(directory)/\(page.rawValue).mustache")
        }
        _ = try library(of: languages.english)
        for language in languages.all {
            for file in files { _ = try Self.filled(file, in: language) }
        }
    }

    /// Renders a page in the language of its layout; `model` has a stored property for every name in the template.
    package func render(_ page: Page, _ model: some PageModel) -> String {
        // Every page was found when the folder was read; its tags are those of English, which were parsed, since texts
        // bring none.
        (try? library(of: model.layout.language))?.render(model, withTemplate: page.rawValue) ?? ""
    }

    private func library(of language: Language) throws -> MustacheLibrary {
        if let library = libraries.withLock({ $0[language.tag] }) { return library }
        var library = MustacheLibrary()
        for file in files {
            let text = try Self.filled(file, in: language)
            do {
                try library.register(text, named: file.name)
            } catch {
                throw SiteError.invalidTemplate(file.path, reason: "\(error)")
            }
        }
        libraries.withLock { $0[language.tag] = library }
        return library
    }

    private static func filled(_ file: File, in language: Language) throws -> String {
        do {
            return try TemplateTexts.filled(file.text, in: language)
        } catch {
            throw SiteError.invalidTemplate(file.path, reason: "\(error)")
        }
    }
}
