import Foundation
import Mustache

/// The page templates, read once when the site starts.
package struct Templates: Sendable {
    /// The pages that must be there; each is a file `NAME.mustache`. Partials lie beside them.
    package enum Page: String, Sendable, CaseIterable {
        case home, results, item, catalog, about, error
    }

    private let library: MustacheLibrary

    /// Reads every `*.mustache` file of a folder.
    ///
    /// - Throws: ``SiteError`` if a file cannot be read or parsed, or a page is missing.
    package init(directory: String) throws {
        var library = MustacheLibrary()
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        for name in names where name.hasSuffix(".mustache") {
            let path = "\(directory)/\(name)"
            guard let content = FileManager.default.contents(atPath: path) else { throw SiteError.unreadableFile(path) }
            do {
                let text = String(decoding: content, as: UTF8.self)
                try library.register(text, named: String(name.dropLast(".mustache".count)))
            } catch {
                throw SiteError.invalidTemplate(path, reason: "\(error)")
            }
        }
        for page in Page.allCases where library.getTemplate(named: page.rawValue) == nil {
            throw SiteError.unreadableFile("\(directory)/\(page.rawValue).mustache")
        }
        self.library = library
    }

    /// Renders a page; `model` has a stored property for every name in the template.
    package func render(_ page: Page, _ model: some Sendable) -> String {
        // Every page was found when the folder was read.
        library.render(model, withTemplate: page.rawValue) ?? ""
    }
}
