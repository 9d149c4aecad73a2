import CatalogStore
import Foundation
import Testing

@Suite("Unpacked archives")
struct UnpackedArchiveTests {
    @Test("tables and photos lie in a folder as long as they are needed, and nothing lies anywhere else")
    func contents() throws {
        let folder = try TemporaryFolder()
        try folder.write(try photo(1), to: "photo.jpg")
        try python(
            #"""
            import sys, zipfile
            root = sys.argv[1]
            photo = open(root + '/photo.jpg', 'rb').read()
            with zipfile.ZipFile(root + '/t.zip', 'w') as z:
                for name in ['images/a.jpg', '../escaped.jpg', '/tmp/vitrine-absolute.jpg', '.hidden/b.jpg', 'notes.txt']:
                    z.writestr(name, photo)
                z.writestr('images.csv', 'image,label\na,Dress\n')
            """#, folder.path)
        let before = folder.files
        var path = ""
        do {
            let unpacked = try UnpackedArchive(folder.path + "/t.zip")
            path = unpacked.path
            let found = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
            #expect(Set(found) == ["images", "images/a.jpg", "images.csv"])
        }
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(folder.files == before && !FileManager.default.fileExists(atPath: "/tmp/vitrine-absolute.jpg"))
    }

    @Test("what is no archive is refused")
    func refused() throws {
        let folder = try TemporaryFolder()
        try folder.write("no archive at all", to: "t.zip")
        #expect(throws: CatalogError.self) { try UnpackedArchive(folder.path + "/t.zip") }
        #expect(throws: CatalogError.self) { try UnpackedArchive(folder.path + "/missing.zip") }
    }
}
