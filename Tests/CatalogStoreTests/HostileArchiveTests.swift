import CatalogStore
import Foundation
import Testing

@Suite("Hostile archives")
struct HostileArchiveTests {
    @Test("links, devices, absolute and climbing names, odd bytes: refused by name, and nothing is written elsewhere")
    func names() throws {
        let folder = try TemporaryFolder()
        try folder.write(try photo(1), to: "photo.jpg")
        try python(
            #"""
            import io, sys, tarfile
            root = sys.argv[1]
            photo = open(root + '/photo.jpg', 'rb').read()
            def add(name, data=photo, kind=tarfile.REGTYPE, link=''):
                info = tarfile.TarInfo(name)
                info.type, info.linkname, info.size = kind, link, len(data) if kind == tarfile.REGTYPE else 0
                t.addfile(info, io.BytesIO(data))
            with tarfile.open(root + '/t.tar', 'w', format=tarfile.GNU_FORMAT, encoding='utf-8',
                              errors='surrogateescape') as t:
                add('../escaped.jpg'); add('/tmp/vitrine-absolute.jpg'); add('images/../../escaped.jpg')
                add('C:\\escaped.jpg'); add('..\\escaped.jpg')
                add('images/link.jpg', kind=tarfile.SYMTYPE, link='/etc/passwd')
                add('images/hard.jpg', kind=tarfile.LNKTYPE, link='../escaped.jpg')
                add('images', kind=tarfile.SYMTYPE, link='/tmp')
                add('dev', kind=tarfile.CHRTYPE); add('pipe', kind=tarfile.FIFOTYPE)
                add('images/\udcff\udcfe.jpg'); add('images/a\x1b[31m.jpg'); add('images/' + 'x' * 5000 + '.jpg')
                add('images/good.jpg'); add('images/grün.jpg', photo + b'trailer'); add('notes.txt', b'hello')
                add('images/__MACOSX/._good.jpg'); add('.hidden/good.jpg'); add('images/bad.jpg', b'GIF89a and so on')
                add('items.csv', ('id,image\n1,good.jpg\n2,link.jpg\n3,../escaped.jpg\n4,/etc/passwd\n5,hard.jpg\n'
                    '6,grün.jpg\n7,dev\n8,bad.jpg\n9,notes.txt\n').encode())
            """#, folder.path)
        let before = folder.files
        let report = try folder.importing("t.tar")
        #expect(report.counts == [2, 0, 0, 0, 0, 7])
        #expect(
            report.skipped.map(\.reason.code) == [
                "bad_image", "no_such_image", "no_such_image", "bad_image", "bad_image", "bad_image", "bad_image",
            ])
        #expect("\(report.skipped[0].reason)".contains("link") && "\(report.skipped[5].reason)".contains("GIF"))
        let reasons = Dictionary(grouping: report.refused, by: \.reason).mapValues(\.count)
        #expect(reasons == [.outside: 5, .link: 2, .hardLink: 1, .special: 2, .badName: 3], "\(report.refused)")
        #expect(report.refusedCount == 13)
        let made = folder.files.filter { !before.contains($0) }
        #expect(made.count == 3 && made.allSatisfy { $0.hasPrefix("catalog/") }, "\(made)")
        #expect(!FileManager.default.fileExists(atPath: "/tmp/vitrine-absolute.jpg"))
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/../escaped.jpg"))
    }

    @Test("links in a folder are not followed")
    func folderLinks() throws {
        let folder = try TemporaryFolder()
        try folder.write(try photo(1), to: "elsewhere/a.jpg")
        try folder.write(try photo(2), to: "source/b.jpg")
        try folder.write("id,image\n1,a.jpg\n2,b.jpg\n3,more/a.jpg\n", to: "source/items.csv")
        for (link, target) in [("a.jpg", "elsewhere/a.jpg"), ("more", "elsewhere")] {
            try FileManager.default.createSymbolicLink(
                atPath: folder.path + "/source/" + link, withDestinationPath: folder.path + "/" + target)
        }
        let report = try folder.importing("source")
        #expect(report.items == 1 && report.refused.map(\.name) == ["a.jpg", "more"])
        #expect(report.refused.allSatisfy { $0.reason == .link })
    }

    @Test("what expands without end, is too large or too much is refused, with nothing left behind")
    func bombs() throws {
        let folder = try TemporaryFolder()
        try python(
            """
            import io, sys, tarfile, zipfile
            root = sys.argv[1]
            class Zeros(io.RawIOBase):
                def readable(self): return True
                def readinto(self, b):
                    b[:] = bytes(len(b)); return len(b)
            def add(t, name, size, source):
                info = tarfile.TarInfo(name); info.size = size; t.addfile(info, source)
            table = b'id,image\\n1,a.jpg\\n'
            for kind in ['photo.jpg', 'table.csv']:
                with tarfile.open(root + '/' + kind + '.tar.gz', 'w:gz', compresslevel=1) as t:
                    add(t, 'items.csv', len(table), io.BytesIO(table))
                    add(t, kind.replace('table', 'items'), 60_000_000, io.BufferedReader(Zeros()))
            with zipfile.ZipFile(root + '/photo.zip', 'w', zipfile.ZIP_DEFLATED) as z:
                z.writestr('items.csv', table); z.writestr('a.jpg', bytes(60_000_000))
            with zipfile.ZipFile(root + '/many.zip', 'w') as z:
                for number in range(500): z.writestr('f%d' % number, b'')
            """, folder.path)
        func limits(_ options: inout CatalogImporter.Options) {
            options.limits.freeBytes = 1_000_000
            options.limits.tableBytes = 40_000_000
            options.limits.entries = 400
        }
        for (archive, text) in [
            ("photo.jpg.tar.gz", "200 times"), ("table.csv.tar.gz", "40 MB"), ("many.zip", "400 files"),
        ] {
            let error = #expect(throws: CatalogError.self) { try folder.importing(archive, limits) }
            #expect("\(try #require(error))".contains(text), "\(archive): \(String(describing: error))")
        }
        // In a zip, what is too large is passed over without being expanded.
        let report = try folder.importing("photo.zip", limits)
        #expect(report.items == 0 && report.skipped.map(\.reason.code) == ["bad_image"])
        #expect("\(report.skipped[0].reason)".contains("60 MB"))
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/catalog/items.csv"))
        let error = #expect(throws: CatalogError.self) {
            try folder.importing("photo.jpg.tar.gz") { $0.limits.totalBytes = 1_000_000 }
        }
        #expect("\(try #require(error))".contains("1 MB"))
    }

    @Test("an archive that is cut, garbled, encrypted or none at all is refused or read as far as it is sound")
    func damage() throws {
        let folder = try TemporaryFolder()
        for number in 1...40 { try folder.write(try photo(number), to: "s/images/\(number).jpg") }
        let rows = (1...40).map { "\($0),\($0).jpg" }.joined(separator: "\n")
        try folder.write("id,image\n\(rows)\n", to: "s/items.csv")
        try python(
            """
            import os, shutil, sys, zipfile
            root = sys.argv[1]
            shutil.make_archive(root + '/t', 'gztar', root + '/s')
            with zipfile.ZipFile(root + '/z.zip', 'w') as out:
                for d, _, names in os.walk(root + '/s'):
                    for name in names: out.write(d + '/' + name, os.path.relpath(d + '/' + name, root + '/s'))
            z, t = open(root + '/z.zip', 'rb').read(), open(root + '/t.tar.gz', 'rb').read()
            open(root + '/cut.zip', 'wb').write(z[:len(z) // 2]); open(root + '/cut.tgz', 'wb').write(t[:len(t) // 2])
            open(root + '/none', 'wb').write(b'no archive at all ' * 100); open(root + '/empty', 'wb')
            # One flipped byte in the middle of one photo, as its checksum tells; one entry that says to be encrypted.
            at = z.index(b'images/7.jpg') + 60
            open(root + '/flipped.zip', 'wb').write(z[:at] + bytes([z[at] ^ 0xFF]) + z[at + 1:])
            e = bytearray(z)
            for mark, flag in [(b'PK\\x03\\x04', 6), (b'PK\\x01\\x02', 8)]:
                i = -1
                while (i := e.find(mark, i + 1)) >= 0:
                    if b'images/9.jpg' in e[i:i + 60]: e[i + flag] |= 1
            open(root + '/encrypted.zip', 'wb').write(e)
            """, folder.path)
        for archive in ["cut.tgz", "none", "empty", "absent"] {
            let error = #expect(throws: CatalogError.self, "\(archive)") { try folder.importing(archive) }
            #expect("\(try #require(error))".contains(archive))
            #expect(!FileManager.default.fileExists(atPath: folder.path + "/catalog"))
        }
        #expect(throws: CatalogError.self) { try folder.importing("cut.zip") }
        let flipped = try folder.importing("flipped.zip")
        #expect(flipped.items == 39 && flipped.skipped.map(\.id) == ["7"], "\(flipped.skipped)")
        let encrypted = try folder.importing("encrypted.zip", into: "other")
        #expect(encrypted.items == 39 && encrypted.refused == [RefusedEntry(name: "images/9.jpg", reason: .encrypted)])
        #expect("\(try #require(encrypted.skipped.first).reason)".contains("encrypted"))
    }

    @Test("an archive whose table is encrypted says so")
    func encryptedTable() throws {
        let folder = try TemporaryFolder()
        try python(
            """
            import sys, zipfile
            with zipfile.ZipFile(sys.argv[1], 'w') as z: z.writestr('items.csv', 'id,image\\n1,a.jpg\\n')
            e = bytearray(open(sys.argv[1], 'rb').read())
            e[6] |= 1; e[e.index(b'PK\\x01\\x02') + 8] |= 1
            open(sys.argv[1], 'wb').write(e)
            """, folder.path + "/e.zip")
        let error = #expect(throws: CatalogError.self) { try folder.importing("e.zip") }
        #expect(error == .encrypted(path: folder.path + "/e.zip", table: "items.csv"))
        #expect("\(try #require(error))".contains("is encrypted"))
    }

    @Test("a hard link in a tar is the file before it, and nothing else", arguments: [false, true])
    func hardLinks(isTableLinked: Bool) throws {
        let folder = try TemporaryFolder()
        try folder.write(try photo(1), to: "photo.jpg")
        try python(
            #"""
            import io, sys, tarfile
            root, linked = sys.argv[1:]
            photo = open(root + '/photo.jpg', 'rb').read()
            with tarfile.open(root + '/t.tar', 'w') as t:
                def add(name, data=b'', link=None):
                    info = tarfile.TarInfo(name)
                    info.size = len(data)
                    if link: info.type, info.linkname = tarfile.LNKTYPE, link
                    t.addfile(info, io.BytesIO(data))
                table = b'id,image\n1,a.jpg\n2,b.jpg\n3,c.jpg\n4,early.jpg\n5,broken.jpg\n'
                add('a/items.csv' if linked == 'true' else 'items.csv', table)
                if linked == 'true': add('./items.csv', link='a/items.csv')
                add('images/early.jpg', link='images/late.jpg')
                add('images/a.jpg', photo); add('images/b.jpg', link='./images/a.jpg'); add('c.jpg', link='images/b.jpg')
                add('images/late.jpg', photo + b'late'); add('images/half.jpg', photo[:300])
                add('images/broken.jpg', link='images/half.jpg')
            """#, folder.path, "\(isTableLinked)")
        let report = try folder.importing("t.tar")
        #expect(report.table == "items.csv" && report.items == 3, "\(report)")
        #expect(
            report.skipped.map(\.id) == ["4", "5"] && report.skipped.map(\.reason.code) == ["bad_image", "bad_image"])
        #expect(report.refused == [RefusedEntry(name: "images/early.jpg", reason: .hardLink)])
        let items = try folder.items()
        #expect(Set(items.map(\.imagePath)).count == 1 && report.storedPhotos == 1)
    }

    @Test("a photo that is cut in half is named by its file, and not kept")
    func brokenPhotos() throws {
        let folder = try TemporaryFolder()
        let whole = try photo(1, side: 200)
        try folder.write(whole, to: "s/a.jpg")
        try folder.write(Array(whole.prefix(whole.count / 2)), to: "s/images/half.jpg")
        try folder.write("id,image\n1,a.jpg\n2,half.jpg\n", to: "s/items.csv")
        let report = try folder.importing("s")
        #expect(report.items == 1 && report.storedPhotos == 1)
        guard case .badImage(let path, let reason)? = report.skipped.first?.reason else {
            Issue.record("\(report.skipped)")
            return
        }
        #expect(path == "images/half.jpg" && !reason.isEmpty)
        #expect(folder.files.count { $0.hasPrefix("catalog/images") } == 1)
    }
}
