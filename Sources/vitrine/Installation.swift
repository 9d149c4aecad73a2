import Foundation

/// Where the files that belong to the program are: `Templates`, `Languages`, `Public` and `Weights`.
struct Installation {
    let path: String

    var templates: String { path + "/Templates" }
    var languages: String { path + "/Languages" }
    var publicFiles: String { path + "/Public" }
    var weights: String { path + "/Weights" }

    /// Looks in `VITRINE_HOME`, above the executable, in the current folder and in `/usr/local/share/vitrine`.
    static func find() throws -> Installation {
        let environment = ProcessInfo.processInfo.environment
        if let home = environment["VITRINE_HOME"] {
            guard isInstallation(home) else {
                throw Failure("VITRINE_HOME is \(home), which has no folders Templates, Languages, Public and Weights.")
            }
            return Installation(path: home)
        }
        var candidates: [String] = []
        if let executable = Bundle.main.executableURL?.resolvingSymlinksInPath() {
            var folder = executable.deletingLastPathComponent()
            while folder.path != "/" {
                candidates.append(folder.path)
                folder.deleteLastPathComponent()
            }
        }
        candidates += [FileManager.default.currentDirectoryPath, "/usr/local/share/vitrine"]
        guard let path = candidates.first(where: isInstallation) else {
            throw Failure(
                "The folders Templates, Languages, Public and Weights were not found: set VITRINE_HOME to their parent."
            )
        }
        return Installation(path: path)
    }

    private static func isInstallation(_ path: String) -> Bool {
        ["Templates", "Languages", "Public", "Weights"].allSatisfy { name in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: path + "/" + name, isDirectory: &isFolder)
                && isFolder.boolValue
        }
    }
}
